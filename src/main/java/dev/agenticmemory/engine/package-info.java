/// What the program does: one class a use case, and the rules of tiers and ranking.
///
/// Imports `domain`, `text` and the ports (`store`, `embed`, `llm`); never an implementation of
/// one, and never a front end. Time comes from a [java.time.Clock], so that every rule can be
/// tested on a day of the test's choosing.
///
/// Start with [dev.agenticmemory.engine.AddMemory], then [dev.agenticmemory.engine.SearchMemories].
@NullMarked
package dev.agenticmemory.engine;

import org.jspecify.annotations.NullMarked;
