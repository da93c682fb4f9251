using GpuLab.Probes.Cuda;
using GpuLab.Probes.Memory;

namespace GpuLab.Probes.Loading;

/// <summary>Single bytes all over memory of a device that can be spoilt, and looked at, in one launch each.</summary>
sealed unsafe class GpuMarks : IDisposable
{
    readonly CudaStream stream;
    readonly CudaKernel spoil, count;
    readonly CUdeviceptr memory;
    readonly DeviceMemory at, right;
    readonly DeviceMemory wrong;
    readonly Cuda.PinnedMemory found;
    readonly GpuGrid grid;
    readonly uint marks;

    /// <param name="memory">Where distances are counted from.</param>
    /// <param name="at">Distances.</param>
    /// <param name="right">What is to be there.</param>
    public GpuMarks(CudaSession session, CudaStream stream, CUdeviceptr memory, long[] at, byte[] right)
    {
        (this.stream, this.memory, marks) = (stream, memory, (uint)at.Length);
        (spoil, count) = (session.Kernels["gl_marks_spoil"], session.Kernels["gl_marks_count"]);
        grid = GpuGrid.Candidates(spoil, session.Device)[0];
        try
        {
            this.at = new(session.Context, (long)at.Length * sizeof(long));
            this.right = new(session.Context, right.Length);
            wrong = new(session.Context, sizeof(uint));
            found = new(session.Context, sizeof(uint));
            fixed (long* from = at) this.at.CopyFrom(from, this.at.Bytes, 0, stream);
            fixed (byte* from = right) this.right.CopyFrom(from, this.right.Bytes, 0, stream);
            stream.Synchronize();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public void Spoil()
    {
        spoil.Launch(stream, grid.Blocks, grid.Threads, 0, memory.Address, at.Start.Address, right.Start.Address, marks);
        stream.Synchronize();
    }

    public uint CountWrong()
    {
        wrong.Fill(0, stream);
        count.Launch(stream, grid.Blocks, grid.Threads, 0, memory.Address, at.Start.Address, right.Start.Address, marks, wrong.Start.Address);
        wrong.CopyTo(found.Start, sizeof(uint), 0, stream);
        stream.Synchronize();
        return *(uint*)found.Start;
    }

    public void Dispose()
    {
        found?.Dispose();
        wrong?.Dispose();
        right?.Dispose();
        at?.Dispose();
    }
}
