using GpuLab.Running;
using GpuLab.Tests.Running;

namespace GpuLab.Tests;

/// <summary>The test assembly started as a worker: the real worker host with probes that misbehave.</summary>
static class Program
{
    static int Main(string[] args) => args is ["worker", .. var rest] ? WorkerEntry.Run(rest, FakeProbes.For, _ => { }) : 2;
}
