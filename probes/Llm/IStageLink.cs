namespace GpuLab.Probes.Llm;

/// <summary>How a part of a model gets the states of tokens from the part before it and passes them on to the one behind it: so many rows of the model's width at a time.</summary>
unsafe interface IStageLink
{
    /// <summary>Waits for the next states; null where this part is the first.</summary>
    float* Receive();

    /// <summary>Waits for room for states; null where this part is the last.</summary>
    float* Room();

    /// <summary>What was received has been read, and what was written is complete.</summary>
    /// <param name="copying">Nanoseconds that copying took.</param>
    void Pass(long copying);
}
