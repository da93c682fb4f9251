using System.Globalization;
using GpuLab.Model;

namespace GpuLab.Probes.Sim.Models;

/// <summary>Blocks of equal work, one at a time on each SM, each taken by the SM that is free first: a slow SM takes fewer, and others wait for its last.</summary>
sealed class TraceModel(ProbeInfo info) : ISimModel
{
    /// <summary>Seconds of one block: many steps of the GPU's timer.</summary>
    const double Block = 100e-6;

    /// <summary>How far SMs differ that are all good; an assumption.</summary>
    const double Uneven = 0.003;

    public ProbeInfo Info => info;

    public SimWork Predict(SimGpu gpu, SimSlice slice, Parameters parameters)
    {
        var (sms, waves) = ((int)slice.NeedSms, (int)parameters.Number("waves", info.Parameters[0].Default!.Value.Number));
        return new(Block * waves,
            [
                SimOutput.Of(to => (1 + Uneven) / to), SimOutput.Of(to => (1 + Uneven) * Schedule.Of(sms, waves, to).Imbalance),
                SimOutput.Of(to => Math.Max(Uneven, Schedule.Of(sms, waves, to).Tail)), SimOutput.Of(_ => sms, exact: true),
            ],
            new(Power: 0.6 * sms / gpu.Need("sms")))
        {
            Operations = 1, Noise = 0.002, SlowSm = to => Schedule.Of(sms, waves, to).Length / waves,
            Facts = new() { ["sms"] = sms.ToString(CultureInfo.InvariantCulture), ["model"] = "equal blocks, one at a time on each SM" },
        };
    }

    /// <summary>In units of one block on a good SM.</summary>
    /// <param name="Length">Until the last block ends.</param>
    readonly record struct Schedule(double Length, double Imbalance, double Tail)
    {
        /// <param name="to">Speed of one of the SMs.</param>
        public static Schedule Of(int sms, int waves, double to)
        {
            if (to >= 1 || sms < 2) return new(sms < 2 ? waves / to : waves, 1, 0);
            var (free, left, slow) = (new double[sms - 1], sms * waves, 0.0);
            while (left-- > 0)
            {
                var first = Array.IndexOf(free, free.Min());
                // On a tie the good one is asked first.
                if (slow < free[first]) slow += 1 / to;
                else free[first]++;
            }
            var (length, idle) = (Math.Max(slow, free.Max()), Math.Min(slow, free.Min()));
            return new(length, length / ((free.Sum() + slow) / sms), (length - idle) / length);
        }
    }
}
