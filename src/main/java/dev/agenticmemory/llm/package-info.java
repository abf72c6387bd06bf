/// The language-model port, phrased as this program's two questions, and what every implementation
/// shares: prompts, tolerant reading, one repair. One sub-package per provider.
@NullMarked
package dev.agenticmemory.llm;

import org.jspecify.annotations.NullMarked;
