using System.Globalization;
using GpuLab.Probes.Cuda;
using GpuLab.Running;

namespace GpuLab.Probes.Cublas;

/// <summary>A product D = Aᵀ B as cuBLASLt is told of it, and the algorithms that it offers. A, B and D lie by columns; so A's rows lie along k.</summary>
sealed unsafe class CublasPlan : IDisposable
{
    const int Most = 8;

    readonly List<CublasOwned> owned = [];
    readonly nint library, operation, layoutA, layoutB, layoutD;
    readonly bool whole;

    /// <param name="workspace">Bytes that an algorithm may use.</param>
    /// <exception cref="ProbeSkippedException">There is no cuBLASLt, or it has no algorithm for this on this device.</exception>
    public CublasPlan(CudaDevice device, GemmFormat format, GemmSize size, long workspace)
    {
        if (!CublasLt.Present) throw new ProbeSkippedException($"there is no cuBLASLt on this machine: {NvidiaLibraries.MatrixProducts.Missing}");
        whole = format.Whole;
        try
        {
            nint made;
            CublasCall.Check(CublasLt.cublasLtCreate(&made));
            library = Own(made, &CublasLt.cublasLtDestroy);
            CublasCall.Check(CublasLt.cublasLtMatmulDescCreate(&made, format.Compute, whole ? CudaDataType.Int32 : CudaDataType.Float32));
            operation = Own(made, &CublasLt.cublasLtMatmulDescDestroy);
            var transposed = 1;
            CublasCall.Check(CublasLt.cublasLtMatmulDescSetAttribute(operation, CublasLtMatmulDescAttribute.TransA, &transposed, sizeof(int)));
            sbyte fast = 1;
            // Came with 8-bit floating point; a library without it has no algorithm either.
            if (format.InputType == CudaDataType.Float8E4M3) _ = CublasLt.cublasLtMatmulDescSetAttribute(operation, CublasLtMatmulDescAttribute.FastAccumulation, &fast, sizeof(sbyte));
            layoutA = Layout(format.InputType, size.K, size.M);
            layoutB = Layout(format.InputType, size.K, size.N);
            layoutD = Layout(format.OutputType, size.M, size.N);
            Algorithms = Offered(workspace);
            if (Algorithms.Count == 0)
                throw new ProbeSkippedException(string.Create(CultureInfo.InvariantCulture, $"cuBLASLt {Version} has no algorithm for {format.Name} of {size} on compute capability {device.Capability.Major}.{device.Capability.Minor}"));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary><c>12.8.4</c></summary>
    public static string Version
    {
        get
        {
            var number = (int)CublasLt.cublasLtGetVersion();
            return string.Create(CultureInfo.InvariantCulture, $"{number / 10000}.{number / 100 % 100}.{number % 100}");
        }
    }

    /// <summary>In order of the time that the library expects; one at least.</summary>
    public IReadOnlyList<cublasLtMatmulAlgo_t> Algorithms { get; }

    /// <summary>Queues the product. No managed allocation.</summary>
    public CublasStatus Queue(in cublasLtMatmulAlgo_t algorithm, CUdeviceptr a, CUdeviceptr b, CUdeviceptr d, DeviceMemory workspace, CudaStream stream)
    {
        float one = 1, zero = 0;
        int wholeOne = 1, wholeZero = 0;
        var (alpha, beta) = whole ? ((nint)(&wholeOne), (nint)(&wholeZero)) : ((nint)(&one), (nint)(&zero));
        fixed (cublasLtMatmulAlgo_t* chosen = &algorithm)
        {
            return CublasLt.cublasLtMatmul(library, operation, (void*)alpha, a, layoutA, b, layoutB, (void*)beta, d, layoutD, d, layoutD, chosen, workspace.Start, (nuint)workspace.Bytes, stream.Raw);
        }
    }

    public void Dispose()
    {
        for (var i = owned.Count - 1; i >= 0; i--) owned[i].Dispose();
        owned.Clear();
    }

    nint Layout(CudaDataType type, int rows, int columns)
    {
        nint made;
        CublasCall.Check(CublasLt.cublasLtMatrixLayoutCreate(&made, type, (ulong)rows, (ulong)columns, rows));
        return Own(made, &CublasLt.cublasLtMatrixLayoutDestroy);
    }

    List<cublasLtMatmulAlgo_t> Offered(long workspace)
    {
        nint made;
        CublasCall.Check(CublasLt.cublasLtMatmulPreferenceCreate(&made));
        using var preference = new CublasOwned(made, &CublasLt.cublasLtMatmulPreferenceDestroy);
        CublasCall.Check(CublasLt.cublasLtMatmulPreferenceSetAttribute(made, CublasLtMatmulPreferenceAttribute.MaxWorkspaceBytes, &workspace, sizeof(ulong)));
        var results = stackalloc cublasLtMatmulHeuristicResult_t[Most];
        var found = 0;
        var status = CublasLt.cublasLtMatmulAlgoGetHeuristic(library, operation, layoutA, layoutB, layoutD, layoutD, made, Most, results, &found);
        if (status is CublasStatus.NotSupported or CublasStatus.ArchMismatch or CublasStatus.InvalidValue) return [];
        CublasCall.Check(status, nameof(CublasLt.cublasLtMatmulAlgoGetHeuristic) + "()");
        var algorithms = new List<cublasLtMatmulAlgo_t>();
        for (var i = 0; i < Math.Min(found, Most); i++)
        {
            if (results[i].State == CublasStatus.Success) algorithms.Add(results[i].Algorithm);
        }
        return algorithms;
    }

    nint Own(nint made, delegate*<nint, CublasStatus> free)
    {
        owned.Add(new(made, free));
        return made;
    }
}
