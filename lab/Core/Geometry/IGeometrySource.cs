namespace GpuLab.Geometry;

/// <summary>A partitioner that knows what its GPU can be cut into, profile by profile.</summary>
public interface IGeometrySource
{
    /// <summary>From the driver's own answers where there is a driver.</summary>
    GpuModel Geometry { get; }
}
