using System.Globalization;
using System.Text.RegularExpressions;

namespace GpuLab.Tests.Kernels;

/// <summary>An instruction that kernels may use.</summary>
/// <param name="Opcode">With all its modifiers.</param>
/// <param name="Operands">Ways to write its operands, each a list of classes.</param>
/// <param name="Version">Ten times the PTX ISA that has it first.</param>
/// <param name="Sm">The oldest target, as <c>80</c> or <c>90a</c>; the latter is the only one.</param>
sealed record PtxRule(Regex Opcode, IReadOnlyList<string[]> Operands, int Version, string Sm)
{
    /// <summary>
    /// What the compiler gave or inline assembly says, and nothing beyond, with versions from the "PTX ISA Notes" and "Target ISA Notes" of each
    /// instruction in the PTX ISA. Classes: p, h, r, l, f, d registers of 1, 16, 32, 64 bits, single, double; R, L, F, D also a number; i a number;
    /// M an address; T a label; y a shared variable; s, S a special register of 32, 64 bits; any of a word in brackets is a vector.
    /// </summary>
    const string Table = """
        (add|sub|mul\.lo|min|max|div|rem)\.(s32|u32)             r,R,R                      1.0  10
        (add|sub|mul\.lo|min|max|div|rem)\.(s64|u64)             l,L,L                      1.0  13
        mul\.wide\.(s32|u32)                                     l,r,R                      1.0  10
        mul\.hi\.u32                                             r,R,R                      1.0  10
        mad\.lo\.(s32|u32)                                       r,R,R,R                    1.0  10
        mad\.lo\.s64                                             l,L,L,L                    1.0  13
        (and|or|xor)\.b32                                        r,R,R                      1.0  10
        (and|or|xor)\.b64                                        l,L,L                      1.0  10
        (and|or|xor)\.pred                                       p,p,p                      1.0  10
        not\.b16                                                 h,h                        1.0  10
        not\.b32                                                 r,r                        1.0  10
        not\.b64                                                 l,l                        1.0  10
        (shl\.b32|shr\.[us]32)                                   r,R,R                      1.0  10
        (shl\.b64|shr\.[us]64)                                   l,L,R                      1.0  10
        bfe\.u32                                                 r,r,R,R                    2.0  20
        bfe\.u64                                                 l,l,R,R                    2.0  20
        (add|sub|mul)\.rn\.f32                                   f,F,F                      1.4  13
        (add|sub|mul)\.rn\.f64                                   d,D,D                      1.4  13
        max\.f32                                                 f,F,F                      1.0  10
        (div|rcp|sqrt)\.rn\.f32                                  f,F,F / f,F                1.4  20
        ex2\.approx\.ftz\.f32                                    f,F                        1.4  10
        fma\.rn\.f32                                             f,F,F,F                    2.0  20
        fma\.rn\.f64                                             d,D,D,D                    1.4  13
        setp\.(eq|ne|lt|le|gt|ge)\.(b|s|u)16                     p,h,h                      1.0  10
        setp\.(eq|ne|lt|le|gt|ge)\.(b|s|u)32                     p,R,R                      1.0  10
        setp\.(eq|ne|lt|le|gt|ge)\.(b|s|u)64                     p,L,L                      1.0  10
        setp\.(eq|ne|lt|le|gt|ge|equ|neu|ltu|leu|gtu|geu)\.f32   p,F,F                      1.0  10
        setp\.(eq|ne|lt|le|gt|ge|equ|neu)\.f64                   p,D,D                      1.0  13
        selp\.[bsu]32                                            r,R,R,p                    1.0  10
        selp\.[bsu]64                                            l,L,L,p                    1.0  10
        selp\.f32                                                f,F,F,p                    1.0  10
        mov\.pred                                                p,p / p,i                  1.0  10
        mov\.(b32|u32)                                           r,R / r,f / f,r / r,s      1.0  10
        mov\.(b64|u64)                                           l,L / l,d / d,l / l,y      1.0  10
        mov\.u64                                                 l,S                        3.1  30
        mov\.b64                                                 (rr),l / l,(rr)            1.0  10
        mov\.f32                                                 f,F                        1.0  10
        mov\.f64                                                 d,D                        1.0  13
        cvt\.rn\.f32\.[us]32                                     f,r                        1.0  10
        cvt\.rn\.f64\.u32                                        d,r                        1.0  13
        cvt\.u16\.u8                                             h,h                        1.0  10
        cvt\.u32\.u64                                            r,l                        1.0  10
        cvt\.u32\.u16                                            r,h                        1.0  10
        cvt\.u64\.u32                                            l,r                        1.0  10
        cvta(\.to)?\.(global|shared)\.u64                        l,l                        2.0  20
        ld\.param\.(u32|b32)                                     r,M / l,M                  1.0  10
        ld\.param\.(u64|b64)                                     l,M                        1.0  10
        ld\.param\.f32                                           f,M                        1.0  10
        ld\.param\.f64                                           d,M                        1.0  13
        ld\.(global|shared)\.u32                                 r,M / l,M                  1.0  10
        ld\.(global|shared)\.f32                                 f,M                        1.0  10
        ld\.shared\.(u8|u16)                                     r,M                        1.0  10
        ld\.global\.v2\.u32                                      (rr),M                     1.0  10
        ld\.(global|shared)\.u64                                 l,M                        1.0  10
        ld\.global\.(ca|cg)\.u64                                 l,M                        2.0  20
        ld\.global\.u8                                           h,M                        1.0  10
        ld\.global\.nc\.u8                                        h,M                        3.1  32
        ld\.global\.nc\.u16                                      h,M                        3.1  32
        ld\.global\.nc\.f32                                      f,M                        3.1  32
        ld\.global\.nc\.v4\.u32                                  (rrrr),M                   3.1  32
        ld\.global\.nc\.u32                                      r,M                        3.1  32
        ld\.global\.nc\.u64                                      l,M                        3.1  32
        ld\.global\.nc\.L1::no_allocate\.v4\.u32                 (rrrr),M                   7.4  70
        ld\.global\.nc\.L1::no_allocate\.v2\.f64                 (dd),M                     7.4  70
        ld\.relaxed\.sys\.global\.u32                            r,M                        6.0  70
        ld\.relaxed\.sys\.global\.u64                            l,M                        6.0  70
        st\.global\.u8                                           M,h                        1.0  10
        st\.global\.u16                                          M,r / M,h                  1.0  10
        st\.(global|shared)\.u32                                 M,r                        1.0  10
        st\.(global|shared)\.u64                                 M,l                        1.0  10
        st\.(global|shared)\.f32                                 M,f                        1.0  10
        st\.global\.f64                                          M,d                        1.0  13
        st\.(global|shared)\.v2\.u32                             M,(rr)                     1.0  10
        st\.(global|shared)\.v4\.u32                             M,(rrrr)                   1.0  10
        st\.global\.cs\.v4\.u32                                  M,(rrrr)                   2.0  20
        st\.global\.cs\.v2\.f64                                  M,(dd)                     2.0  20
        st\.relaxed\.sys\.global\.u32                            M,r                        6.0  70
        atom\.global\.add\.u32                                   r,M,R                      1.1  11
        atom\.global\.min\.u64                                   l,M,L                      3.1  32
        bra(\.uni)?                                              T                          1.0  10
        ret                                                      -                          1.0  10
        bar\.sync                                                i                          1.0  10
        cp\.async\.cg\.shared\.global                            M,M,i                      7.0  80
        cp\.async\.commit_group                                  -                          7.0  80
        cp\.async\.wait_group                                    i                          7.0  80
        ldmatrix\.sync\.aligned\.m8n8\.x4(\.trans)?\.shared\.b16  (rrrr),M                   6.5  75
        membar\.(gl|sys)                                         -                          2.0  20
        nanosleep\.u32                                           R                          6.3  70
        shfl\.sync\.bfly\.b32                                    r,r,R,i,i                  6.0  30
        mma\.sync\.aligned\.m16n8k8\.row\.col\.f32\.tf32\.tf32\.f32                (ffff),(rrrr),(rr),(ffff)   7.0  80
        mma\.sync\.aligned\.m16n8k16\.row\.col\.f32\.(bf16\.bf16|f16\.f16)\.f32    (ffff),(rrrr),(rr),(ffff)   7.0  80
        mma\.sync\.aligned\.m16n8k32\.row\.col\.s32\.s8\.s8\.s32                   (rrrr),(rrrr),(rr),(rrrr)   7.0  80
        mma\.sync\.aligned\.m16n8k32\.row\.col\.f32\.e4m3\.e4m3\.f32               (ffff),(rrrr),(rr),(ffff)   8.4  89
        fence\.proxy\.async\.shared::cta                         -                          8.0  90
        wgmma\.(fence|commit_group)\.sync\.aligned               -                          8.0  90a
        wgmma\.wait_group\.sync\.aligned                         i                          8.0  90a
        wgmma\.mma_async\.sync\.aligned\.m64n256k16\.f32\.bf16\.bf16               (f*128),l,l,p,i,i,i,i       8.0  90a
        wgmma\.mma_async\.sync\.aligned\.m64n256k32\.f32\.e4m3\.e4m3               (f*128),l,l,p,i,i           8.0  90a
        """;

    public static IReadOnlyList<PtxRule> All { get; } = [.. Table.Split('\n').Select(Read)];

    static PtxRule Read(string line)
    {
        var fields = Regex.Split(line.Trim(), " {2,}");
        var version = fields[2].Split('.');
        return new(new($"^(?:{fields[0]})$", RegexOptions.CultureInvariant), [.. fields[1].Split(" / ").Select(Classes)],
            int.Parse(version[0], CultureInfo.InvariantCulture) * 10 + int.Parse(version[1], CultureInfo.InvariantCulture), fields[3]);
    }

    static string[] Classes(string operands) => operands == "-" ? [] : [.. operands.Split(',').Select(o => o == "(f*128)" ? $"({new string('f', 128)})" : o)];
}
