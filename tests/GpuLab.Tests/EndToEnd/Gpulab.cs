using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace GpuLab.Tests.EndToEnd;

/// <summary>How a program ended and what it said.</summary>
sealed record Ended(int Code, string Out, string Error)
{
    /// <summary>For messages of failed assertions.</summary>
    public override string ToString() => $"exit code {Code}\n--- standard output\n{Out}\n--- standard error\n{Error}";
}

/// <summary>The built program as a user meets it: a process with closed standard input.</summary>
sealed partial class Gpulab : IDisposable
{
    /// <summary>Long, since other work may go on beside the tests; only a program that hangs reaches it.</summary>
    static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    readonly Process process;
    readonly Task<string> output, error;

    Gpulab(ProcessStartInfo start)
    {
        process = Process.Start(start) ?? throw new InvalidOperationException($"{start.FileName} did not start");
        process.StandardInput.Close();
        (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
    }

    /// <summary>What starts the program that was built with these tests.</summary>
    public static IReadOnlyList<string> Built { get; } = File.Exists(Beside("gpulab")) ? [Beside("gpulab")] : ["dotnet", Beside("gpulab.dll")];

    public int Pid => process.Id;

    public bool Running => !process.HasExited;

    public static Task<Ended> Run(params string[] arguments) => Execute([.. Built, .. arguments]);

    public static Gpulab Start(params IReadOnlyList<string> arguments) => Launch([.. Built, .. arguments]);

    /// <summary>Any program with closed standard input, waited for.</summary>
    public static async Task<Ended> Execute(IReadOnlyList<string> command, string? folder = null, IReadOnlyDictionary<string, string?>? environment = null, TimeSpan? within = null)
    {
        using var started = Launch(command, folder, environment);
        return await started.End(within);
    }

    public static Gpulab Launch(IReadOnlyList<string> command, string? folder = null, IReadOnlyDictionary<string, string?>? environment = null)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder ?? "",
        };
        // Tests of MIG control point this process at a library of their own.
        start.Environment.Remove("GPULAB_NVML");
        start.Environment.Remove("GPULAB_CUDA");
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>()) start.Environment[name] = value;
        return new(start);
    }

    /// <summary>Waits for the end; a program that does not end in time is killed and fails the test.</summary>
    public async Task<Ended> End(TimeSpan? within = null)
    {
        using var limit = new CancellationTokenSource(within ?? Limit);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"no end within {(within ?? Limit).TotalSeconds} s: {await output}\n{await error}");
        }
        return new(process.ExitCode, await output, await error);
    }

    public void Signal(int number)
    {
        if (kill(Pid, number) != 0) throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    public void Dispose()
    {
        if (Running) process.Kill(entireProcessTree: true);
        process.Dispose();
    }

    static string Beside(string file) => Path.Combine(AppContext.BaseDirectory, file);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int kill(int pid, int signal);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int chmod(string path, uint mode);
}
