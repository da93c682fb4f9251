namespace GpuLab.Statistics.Gates;

/// <summary>Samples that this version cannot read.</summary>
static class CatalogueGates
{
    public static IEnumerable<Finding> Unknown(RunEvidence run) => run.Unknown.Order(StringComparer.Ordinal).Select(what =>
        new Finding(Severity.Suspect, "unknown-metric", what, "The run holds samples of a metric that this version does not know; they are not shown.", "Read the run with the version that made it."));
}
