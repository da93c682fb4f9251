using System.Collections.Concurrent;
using GpuLab.Control;
using GpuLab.Model;
using GpuLab.Running;
using GpuLab.Simulation;

namespace GpuLab.Probes.Sim;

/// <summary>Carries any predicted probe out: the model gives its figures, virtual time and noise the rest.</summary>
sealed class SimProbe(ISimModel model) : IProbe
{
    static readonly ConcurrentDictionary<string, Plant> plants = new(StringComparer.Ordinal);

    public ProbeInfo Info => model.Info;

    public IPreparedProbe Prepare(ProbeRequest request)
    {
        var gpu = SimGpu.Of(request.Device.Name);
        var slice = gpu.Slice(request.Slice, request.Team);
        return new SimPrepared(gpu, slice, model, model.Predict(gpu, slice, request.Parameters), request, Planted(request.Plant));
    }

    /// <summary>Why a cell cannot be predicted, or null where it can.</summary>
    public string? Obstacle(DeviceId device, Slice slice, Parameters parameters)
    {
        try
        {
            var gpu = SimGpu.Of(device.Name);
            model.Predict(gpu, gpu.Slice(slice.Name, slice.Team), parameters);
            return null;
        }
        catch (ProbeSkippedException skip)
        {
            return skip.Message;
        }
    }

    /// <summary>The file was checked before the run; a worker reads it once.</summary>
    public static Plant Planted(string path) => path.Length == 0 ? Plant.None : plants.GetOrAdd(path, static p =>
    {
        var reading = PlantReader.ReadFile(p);
        return reading.Plant ?? throw new InvalidOperationException(string.Join('\n', reading.Errors));
    });
}
