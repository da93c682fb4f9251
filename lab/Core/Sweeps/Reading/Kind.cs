using System.Text.Json.Nodes;

namespace GpuLab.Sweeps.Reading;

/// <summary>A kind of value in a sweep: how it is read and how the schema describes it, in one place so that they agree.</summary>
abstract class Kind<T>
{
    /// <summary>Reads a node, or says what is wrong with it.</summary>
    public abstract bool TryRead(Node node, Errors errors, out T value);

    /// <summary>JSON Schema of the values that <see cref="TryRead"/> accepts, as far as a schema can tell.</summary>
    public abstract JsonObject Schema();

    /// <summary>The same kind under another type.</summary>
    public Kind<TTo> As<TTo>(Func<T, TTo> convert) => new Converted<TTo>(this, convert);

    sealed class Converted<TTo>(Kind<T> inner, Func<T, TTo> convert) : Kind<TTo>
    {
        public override bool TryRead(Node node, Errors errors, out TTo value)
        {
            var read = inner.TryRead(node, errors, out var found);
            value = read ? convert(found) : default!;
            return read;
        }

        public override JsonObject Schema() => inner.Schema();
    }
}

/// <summary>A kind that is one word or number.</summary>
abstract class ScalarKind<T> : Kind<T>
{
    /// <summary>What to write, for people: <c>a size such as 64MiB</c>.</summary>
    public abstract string Expected { get; }

    /// <summary>Reads the text of a scalar.</summary>
    /// <param name="problem">Where it is wrong in a way that <see cref="Expected"/> does not explain: the whole message.</param>
    protected abstract bool TryRead(string text, out T value, out string? problem);

    public sealed override bool TryRead(Node node, Errors errors, out T value)
    {
        value = default!;
        if (node is not Node.Scalar { IsNothing: false } scalar)
        {
            errors.Expected(node, Expected);
            return false;
        }
        if (TryRead(scalar.Text, out value, out var problem)) return true;
        if (problem is null) errors.Expected(node, Expected);
        else errors.Add(node.Place, problem);
        return false;
    }
}
