using System.Globalization;
using System.IO.Compression;
using System.Text;
using GpuLab.Results;

namespace GpuLab.Reports.Export;

/// <summary>Samples as the compressed text of a <c>samples.csv</c>, for readers of a page that has left its run folder.</summary>
static class SampleFile
{
    public static byte[] Compressed(IReadOnlyList<SampleRow> rows)
    {
        using var file = new MemoryStream();
        using (var text = new StreamWriter(new GZipStream(file, CompressionLevel.Optimal), new UTF8Encoding(false)))
        {
            text.Write("trial,repeat,slice,phase,index,metric,start_ns,end_ns,k,value,flags\n");
            for (var i = 0; i < rows.Count; i++)
            {
                var r = rows[i];
                text.Write(string.Create(CultureInfo.InvariantCulture, $"{Field(r.Trial)},{r.Repeat},{Field(r.Slice)},{r.Phase.Name()},{r.Index},{Field(r.Metric)},{r.StartNs},{r.EndNs},{r.K},{r.Value:R},{Field(r.Flags)}\n"));
            }
        }
        return file.ToArray();
    }

    public static byte[] Compressed(byte[] text)
    {
        using var file = new MemoryStream();
        using (var gzip = new GZipStream(file, CompressionLevel.Optimal)) gzip.Write(text);
        return file.ToArray();
    }

    static string Field(string text) => text.AsSpan().IndexOfAny(",\"\n\r") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
