/// An embedder without a model, for tests and benchmarks.
@NullMarked
package dev.agenticmemory.embed.hash;

import org.jspecify.annotations.NullMarked;
