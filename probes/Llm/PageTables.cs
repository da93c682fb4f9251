using GpuLab.Model;

namespace GpuLab.Probes.Llm;

/// <summary>Which pages of a pool hold the tokens of which sequence. Pages are given out in a random order, so that those of a sequence lie anywhere.</summary>
sealed class PageTables
{
    /// <summary>Tokens of a page.</summary>
    public const int PageTokens = 32;

    readonly int[] pages, lengths, free;
    readonly int each;
    int freeCount;

    /// <param name="sequences">Sequences it can hold at once.</param>
    /// <param name="tokens">Most tokens of each, rounded up to whole pages.</param>
    /// <param name="seed">Of the order in which pages are given out.</param>
    public PageTables(int sequences, int tokens, ulong seed)
    {
        each = PagesOf(tokens);
        pages = new int[each * sequences];
        lengths = new int[sequences];
        free = [.. Enumerable.Range(0, pages.Length)];
        new SplitMix(seed).Shuffle<int>(free);
        freeCount = free.Length;
    }

    /// <summary>Most tokens of a sequence.</summary>
    public int Tokens => each * PageTokens;

    public int Sequences => lengths.Length;

    /// <summary>Most pages of a sequence.</summary>
    public int Each => each;

    /// <summary>Pages of all sequences, <see cref="Each"/> of one after those of another; what a sequence has not is left as it was.</summary>
    public ReadOnlySpan<int> All => pages;

    public static int PagesOf(int tokens) => (tokens + PageTokens - 1) / PageTokens;

    /// <summary>Tokens that a sequence has.</summary>
    public int Length(int sequence) => lengths[sequence];

    /// <summary>The page of the pool by its number in a sequence.</summary>
    public int Page(int sequence, int number) => pages[sequence * each + number];

    /// <summary>Sets how many tokens a sequence has; pages are taken or given back. Does not allocate.</summary>
    /// <exception cref="ArgumentOutOfRangeException">More than <see cref="Tokens"/>.</exception>
    public void Resize(int sequence, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Tokens);
        var (before, after) = (PagesOf(lengths[sequence]), PagesOf(length));
        for (var i = before; i < after; i++) pages[sequence * each + i] = free[--freeCount];
        for (var i = before - 1; i >= after; i--) free[freeCount++] = pages[sequence * each + i];
        lengths[sequence] = length;
    }
}
