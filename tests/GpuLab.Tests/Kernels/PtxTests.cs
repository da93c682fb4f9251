using System.Globalization;
using System.Security.Cryptography;
using GpuLab.Probes.Kernels;

namespace GpuLab.Tests.Kernels;

/// <summary>The PTX that ships: what it says of itself, that it is what the sources give, and that it fits the host build.</summary>
public sealed class PtxTests
{
    public static TheoryData<string, string> Faults => new()
    {
        { ".version 7.4", ".version 7.3" },
        { ".target sm_80", ".target sm_75" },
        { ".address_size 64", ".address_size 32" },
        { "nanosleep.u32 %", "nanosleep.u23 %" },
        { "ld.global.nc.L1::no_allocate.v4.u32 {", "ld.global.nc.L1::no_alocate.v4.u32 {" },
        { "ld.global.nc.L1::no_allocate.v4.u32 {%r", "ld.global.nc.L1::no_allocate.v4.u32 {%f" },
        { "st.global.cs.v2.f64 [%rd", "st.global.cs.v2.f64 [%r" },
        { "mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32", "mma.sync.aligned.m16n8k4.row.col.f32.tf32.tf32.f32" },
        { ".reg .b64 \t%rd<22>;", ".reg .b64 \t%rd<12>;" },
        { ".param .u64 gl_sm_clock_param_1", ".param .u32 gl_sm_clock_param_1" },
        { "[gl_sm_clock_param_1]", "[gl_sm_clock_param_2]" },
        { "$L__BB0_5:", "$L__BB0_55:" },
        { "mov.u64 %rd13, %clock64;", "mov.u64 %rd13, %clock32;" },
        { "mov.u64 %rd13, %clock64;", "mov.u64 %rd13, %clock64" },
        { "mov.u64 %rd13, %clock64;", "mov.u32 %rd13, %clock64;" },
        { "fma.rn.f64 \t%fd", "fma.rn.f64 \t%f" },
        { "@%p1 bra", "@%r1 bra" },
        { ".visible .entry gl_timer_values(", ".visible .entry gl_sm_clock(" },
        { "st.relaxed.sys.global.u32 [", "st.relaxed.sys.global.u32 %r1, [" },
    };

    static string Common => File.ReadAllText(KernelSources.Modules.Single(m => Path.GetFileName(m) == KernelModules.Common));

    [Fact]
    public void Modules_that_ship_are_those_that_the_product_knows()
    {
        Assert.Equal(KernelModules.All.Order(StringComparer.Ordinal), KernelSources.Modules.Select(m => Path.GetFileName(m)));
        var resources = typeof(KernelModules).Assembly.GetManifestResourceNames();
        Assert.All(KernelSources.Modules, m => Assert.Contains(Path.GetFileName(m), resources));
    }

    [Fact]
    public void Nothing_is_found_in_the_modules_that_ship() => Assert.All(KernelSources.Modules, m => Assert.Equal([], PtxChecker.Check(File.ReadAllText(m))));

    [Theory, MemberData(nameof(Faults))]
    public void A_planted_fault_is_found(string right, string wrong)
    {
        var at = Common.IndexOf(right, StringComparison.Ordinal);
        Assert.True(at >= 0, $"{right} is not in the module any more");
        Assert.NotEmpty(PtxChecker.Check(string.Concat(Common.AsSpan(0, at), wrong, Common.AsSpan(at + right.Length))));
    }

    [Fact]
    public void An_operand_that_is_missing_is_found_in_each_instruction_of_inline_assembly()
    {
        foreach (var opcode in new[] { "mma.sync", "ld.global.nc.L1", "st.global.cs", "ld.relaxed", "st.relaxed", "atom.global", "nanosleep", "ld.global.cg", "mov.u32 %r2, %smid" })
        {
            var at = Common.IndexOf($"\t{opcode}", StringComparison.Ordinal);
            var end = Common.IndexOf(';', at);
            var last = Math.Max(Common.LastIndexOf(',', end), Common.LastIndexOf(' ', end));
            Assert.NotEmpty(PtxChecker.Check(string.Concat(Common.AsSpan(0, last), Common.AsSpan(end))));
        }
    }

    [Fact]
    public void Headers_name_the_versions_that_are_documented() => Assert.Equal(["74 sm_80", "74 sm_80", "84 sm_89", "80 sm_90a"],
        KernelSources.Modules.Select(m => PtxModule.Parse(File.ReadAllText(m))).Select(m => string.Create(CultureInfo.InvariantCulture, $"{m.Version} {m.Target}")));

    [Fact]
    public void The_host_build_takes_the_parameters_that_the_modules_have()
    {
        using var kernels = new HostKernels(HostKernels.Library, 0);
        foreach (var module in KernelSources.Modules.Where(m => !m.EndsWith(KernelModules.Hopper, StringComparison.Ordinal)))
            Assert.All(PtxModule.Parse(File.ReadAllText(module)).Entries, e => Assert.Equal(e.Parameters.Select(p => p.Bytes), kernels.Sizes(e.Name)));
    }

    [Fact]
    public void Every_entry_has_a_check_and_only_those_of_wgmma_are_left_to_a_GPU()
    {
        foreach (var module in KernelSources.Modules)
        {
            var name = Path.GetFileName(module);
            Assert.Equal(PtxModule.Parse(File.ReadAllText(module)).Entries.Select(e => e.Name).Order(),
                KernelChecks.All.Where(c => c.Module == name).SelectMany(c => c.Kernels).Order());
        }
    }

    /// <summary>Fails where a source was changed and scripts/kernels was not run after.</summary>
    [Fact]
    public void The_modules_were_made_from_these_sources()
    {
        var sums = File.ReadLines(Path.Combine(KernelSources.Folder, "Kernels/kernels.sha256")).Where(l => l[0] != '#').Select(l => l.Split("  ./")).ToDictionary(l => l[1], l => l[0]);
        var files = KernelSources.Files.Concat(KernelSources.Modules).ToDictionary(f => Path.GetRelativePath(KernelSources.Folder, f), f => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(f))));
        Assert.Equal(files.Order(KeyOrder), sums.Order(KeyOrder));
    }

    [ClangFact]
    public void Compiling_again_gives_the_same_bytes()
    {
        var (exit, errors) = Clang.RunScript("--check");
        Assert.True(exit == 0, errors);
    }

    static Comparer<KeyValuePair<string, string>> KeyOrder { get; } = Comparer<KeyValuePair<string, string>>.Create((a, b) => string.CompareOrdinal(a.Key, b.Key));
}
