using GpuLab.Probes.Kernels;
using GpuLab.Running;

namespace GpuLab.Probes.Cuda;

/// <summary>
/// What the probes of one worker share: the context of the one device that it sees, the kernels, the device's clock. Made when the
/// first probe is prepared and kept until the process ends, so that loading is off every later clock. Used by the probe's thread alone.
/// </summary>
sealed class CudaSession
{
    static CudaSession? current;

    readonly Dictionary<string, CudaModule> others = [];

    CudaSession()
    {
        var count = CudaDevice.Count;
        if (count != 1) throw new ProbeSkippedException($"this process sees {count} devices; CUDA_VISIBLE_DEVICES must name one");
        Context = CudaContext.Retain(CudaDevice.At(0));
        Kernels = KernelBuild.Load(Context, KernelModules.Common);
        Clock = new(Context);
        StepNs = TimerStep.Measure(Context);
    }

    /// <exception cref="ProbeSkippedException">Kernels cannot run here; the message says why.</exception>
    /// <exception cref="CudaException">The driver failed.</exception>
    public static CudaSession Current
    {
        get
        {
            current ??= Open();
            // Another thread of a test, or the finalizer's, may have looked at another context in between.
            current.Context.MakeCurrent();
            return current;
        }
    }

    /// <summary>The next one is opened anew: for tests, whose machine changes.</summary>
    internal static void Forget() => current = null;

    /// <summary>One that is not shared.</summary>
    internal static CudaSession Open() => new();

    public CudaContext Context { get; }

    public CudaDevice Device => Context.Device;

    public CudaModule Kernels { get; }

    /// <summary>A module that not every GPU takes, loaded when it is first asked for.</summary>
    /// <param name="name">One of <see cref="KernelModules"/>.</param>
    /// <exception cref="ProbeSkippedException">This driver or device cannot take it.</exception>
    public CudaModule Module(string name)
    {
        if (name == KernelModules.Common) return Kernels;
        if (!others.TryGetValue(name, out var module)) others[name] = module = KernelBuild.Load(Context, name);
        return module;
    }

    public DeviceClock Clock { get; }

    /// <summary>Nanoseconds that the times of events go in.</summary>
    public double StepNs { get; }
}
