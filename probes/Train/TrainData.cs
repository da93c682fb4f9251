using GpuLab.Model;

namespace GpuLab.Probes.Train;

/// <summary>
/// Sequences that can be learnt: nine times in ten a token is followed by the one that a table names, else by any. Of a seed of their own, so that all slices
/// and repeats see the same.
/// </summary>
sealed class TrainData
{
    const ulong Seed = 2;

    /// <param name="batches">Batches by turns.</param>
    /// <param name="part">Which sequences of each batch these are, and of how many parts.</param>
    public TrainData(TrainShape shape, int batches, (int Number, int Of) part)
    {
        var all = shape.Batch * part.Of;
        var order = Enumerable.Range(0, shape.Vocabulary).ToArray();
        new SplitMix(Seed).Shuffle<int>(order);
        (Inputs, Targets) = (new int[batches][], new int[batches][]);
        for (var batch = 0; batch < batches; batch++)
        {
            (Inputs[batch], Targets[batch]) = (new int[shape.Rows], new int[shape.Rows]);
            for (var sequence = 0; sequence < shape.Batch; sequence++)
            {
                var random = new SplitMix(Seed ^ (ulong)(batch * all + part.Number * shape.Batch + sequence + 1) * 0x9E3779B97F4A7C15);
                var token = random.Below(shape.Vocabulary);
                for (var t = 0; t < shape.Tokens; t++)
                {
                    var row = sequence * shape.Tokens + t;
                    Inputs[batch][row] = token;
                    token = random.Below(10) < 9 ? order[token] : random.Below(shape.Vocabulary);
                    Targets[batch][row] = token;
                }
            }
        }
    }

    /// <summary>By batch: a token for each row.</summary>
    public int[][] Inputs { get; }

    /// <summary>By batch: what follows it.</summary>
    public int[][] Targets { get; }
}
