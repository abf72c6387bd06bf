/// Measures retrieval on conversations with known answers: reads a dataset, stores its turns
/// through the engine, asks its questions, and compares what is found with the evidence, beside
/// simple baselines on the same vectors and words.
@NullMarked
package dev.agenticmemory.eval;

import org.jspecify.annotations.NullMarked;
