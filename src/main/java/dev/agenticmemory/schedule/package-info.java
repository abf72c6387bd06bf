/// Runs jobs at their times, each once, however many processes there are.
@NullMarked
package dev.agenticmemory.schedule;

import org.jspecify.annotations.NullMarked;
