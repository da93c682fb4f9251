using BenchmarkDotNet.Attributes;
using GpuLab.Control.Host;
using GpuLab.Model;
using GpuLab.Probes.Llm;
using GpuLab.Running;

namespace GpuLab.Benchmarks;

/// <summary>Half a billion weights on all cores of this machine: a step of decoding, and a prompt. What the probes compare with measured ceilings, here to be compared with itself.</summary>
public class LlmBenchmarks
{
    const int Context = 256, Prompt = 128;

    readonly Turn[] step = [new(0, 1)], prompt = [new(0, Prompt)];
    int[] tokens = [];
    HostLlm? llm;

    [Params("bf16", "int8", "int4")]
    public string Weights { get; set; } = "bf16";

    [GlobalSetup]
    public void Open()
    {
        var request = new ProbeRequest("whole", Affinity.Current(), new(KeyValuePair.Create("dtype", ParameterValue.Of(Weights))), 1);
        llm = HostLlm.Open(LlmRequest.Read(request.Parameters, Context + 1), request, 1, Context + 1);
        tokens = PromptProbe.RandomTokens(Context, llm.Model.Shape.Vocabulary);
        llm.Model.Append([new(0, Context)], tokens);
    }

    [GlobalCleanup]
    public void Close() => llm!.Dispose();

    [Benchmark]
    public int Decode_after_256_tokens()
    {
        llm!.Model.Truncate(0, Context);
        llm.Model.Append(step, tokens.AsSpan(0, 1));
        return llm.Model.Greedy(0);
    }

    [Benchmark]
    public int Read_a_prompt_of_128_tokens()
    {
        llm!.Model.Truncate(0, 0);
        llm.Model.Append(prompt, tokens.AsSpan(0, Prompt));
        return llm.Model.Greedy(0);
    }
}
