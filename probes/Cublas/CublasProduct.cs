using System.Globalization;
using GpuLab.Model;
using GpuLab.Probes.Compute;
using GpuLab.Probes.Cuda;

namespace GpuLab.Probes.Cublas;

/// <summary>
/// A product of large matrices by cuBLASLt: each algorithm that it offers is run on ones and compared, those that are right are timed on random
/// numbers, and the fastest is kept. One that is wrong is left out and named.
/// </summary>
sealed unsafe class CublasProduct : IComputeLoop
{
    /// <summary>What NVIDIA advises for Hopper; older ones need less.</summary>
    const long WorkspaceBytes = 32 << 20;

    const byte PoisonByte = 0xDB;

    /// <summary>Elements that are compared after timing, and launches by which an algorithm is chosen.</summary>
    const int Samples = 64, Bursts = 3;

    const int Piece = 4 << 20;

    readonly CudaSession session;
    readonly CudaStream stream;
    readonly GemmFormat format;
    readonly GemmSize size;
    readonly CublasPlan plan;
    readonly DeviceMemory a, b, d, workspace;
    readonly GemmNumbers numbers;
    readonly int[] sampled;
    readonly cublasLtMatmulAlgo_t algorithm;

    /// <exception cref="Running.ProbeSkippedException">There is no cuBLASLt, it has nothing for this, or memory is short.</exception>
    /// <exception cref="InvalidOperationException">All that it offers is wrong.</exception>
    public CublasProduct(CudaSession session, CudaStream stream, GemmFormat format, GemmSize size, ulong seed)
    {
        (this.session, this.stream, this.format, this.size) = (session, stream, format, size);
        try
        {
            plan = new(session.Device, format, size, WorkspaceBytes);
            a = new(session.Context, (long)size.M * size.K * format.InputBytes);
            b = new(session.Context, (long)size.N * size.K * format.InputBytes);
            d = new(session.Context, (long)size.M * size.N * format.OutputBytes);
            workspace = new(session.Context, WorkspaceBytes);
            var (right, refused) = Right(seed);
            numbers = new(format, size, seed);
            Fill(a, numbers.A);
            Fill(b, numbers.B);
            var random = new SplitMix(seed);
            sampled = [.. Enumerable.Range(0, 2 * Samples).Select(i => random.Below(i % 2 == 0 ? size.M : size.N))];
            var fastest = right.MinBy(Burst);
            algorithm = plan.Algorithms[fastest];
            Name = string.Create(CultureInfo.InvariantCulture, $"cuBLASLt {CublasPlan.Version}, {format.Name} {size}, algorithm {fastest + 1} of {plan.Algorithms.Count} in its own order{refused}");
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public string Name { get; }

    public double OperationsPerRound => size.Operations;

    /// <summary>As many launches as a driver's queue holds.</summary>
    public uint MostRounds => 512;

    public void Launch(uint rounds)
    {
        for (var round = 0u; round < rounds; round++) CublasCall.Check(Queue(algorithm), nameof(CublasLt.cublasLtMatmul) + "()");
    }

    public void Poison() => d.Fill(PoisonByte, stream);

    /// <summary>Some elements against sums on the host.</summary>
    public string? Wrong(uint rounds)
    {
        for (var i = 0; i < sampled.Length; i += 2)
        {
            var (row, column, found) = (sampled[i], sampled[i + 1], 0u);
            d.CopyTo(&found, format.OutputBytes, ((long)column * size.M + row) * format.OutputBytes, stream);
            stream.Synchronize();
            if (numbers.Wrong(row, column, found) is { } wrong) return wrong;
        }
        return null;
    }

    public void Dispose()
    {
        // What is queued may still use it; a context that broke cannot be waited for, and that was said before.
        _ = Cuda.Cuda.cuStreamSynchronize(stream.Raw);
        a?.Dispose();
        b?.Dispose();
        d?.Dispose();
        workspace?.Dispose();
        plan?.Dispose();
    }

    /// <summary>Numbers of the algorithms whose product of ones is right, and what is said of the others.</summary>
    (List<int> Right, string Refused) Right(ulong seed)
    {
        var signs = new GemmSigns(format, size, seed);
        Fill(a, i => format.One(signs.A[i] < 0));
        Fill(b, i => format.One(signs.B[i] < 0));
        var (right, wrong) = (new List<int>(), new List<string>());
        for (var i = 0; i < plan.Algorithms.Count; i++)
        {
            Poison();
            var status = Queue(plan.Algorithms[i]);
            stream.Synchronize();
            var why = status != CublasStatus.Success ? string.Create(CultureInfo.InvariantCulture, $"status {(int)status}") : signs.Wrong(Columns());
            if (why is null) right.Add(i);
            else wrong.Add(string.Create(CultureInfo.InvariantCulture, $"algorithm {i + 1}: {why}"));
        }
        if (right.Count == 0) throw new InvalidOperationException($"cuBLASLt {CublasPlan.Version}, {format.Name} {size}: {string.Join("; ", wrong)}");
        return (right, string.Concat(wrong.Select(w => $"; left out {w}")));
    }

    CublasStatus Queue(in cublasLtMatmulAlgo_t chosen) => plan.Queue(chosen, a.Start, b.Start, d.Start, workspace, stream);

    /// <summary>Nanoseconds of the best of some launches, behind one that loads what is to be loaded.</summary>
    double Burst(int number)
    {
        using CudaEvent start = new(session.Context), end = new(session.Context);
        var best = double.PositiveInfinity;
        for (var i = 0; i <= Bursts; i++)
        {
            start.Record(stream);
            CublasCall.Check(Queue(plan.Algorithms[number]), nameof(CublasLt.cublasLtMatmul) + "()");
            end.Record(stream);
            end.Synchronize();
            if (i > 0) best = Math.Min(best, end.Since(start));
        }
        return best;
    }

    /// <summary>Writes a matrix.</summary>
    /// <param name="element">Bits of element number i.</param>
    void Fill(DeviceMemory to, Func<long, uint> element)
    {
        using var piece = new PinnedMemory(session.Context, Math.Min(Piece, to.Bytes));
        var width = format.InputBytes;
        for (long at = 0; at < to.Bytes; at += piece.Bytes)
        {
            var length = Math.Min(piece.Bytes, to.Bytes - at);
            for (long i = 0; i < length / width; i++) Write((byte*)piece.Start + i * width, width, element(at / width + i));
            to.CopyFrom(piece.Start, length, at, stream);
            stream.Synchronize();
        }
    }

    /// <summary>Reads columns of the product, one after another.</summary>
    Action<int, uint[]> Columns()
    {
        var column = new byte[(long)size.M * format.OutputBytes];
        return (number, bits) =>
        {
            fixed (byte* host = column)
            {
                d.CopyTo(host, column.Length, (long)number * column.Length, stream);
                stream.Synchronize();
                for (var i = 0; i < bits.Length; i++) bits[i] = Read(host + i * format.OutputBytes, format.OutputBytes);
            }
        };
    }

    static void Write(byte* at, int width, uint bits)
    {
        if (width == 1) *at = (byte)bits;
        else if (width == 2) *(ushort*)at = (ushort)bits;
        else *(uint*)at = bits;
    }

    static uint Read(byte* at, int width) => width == 2 ? *(ushort*)at : *(uint*)at;
}
