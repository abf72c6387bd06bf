/// The lines on standard error: text for people, or JSON for programs.
@NullMarked
package dev.agenticmemory.logging;

import org.jspecify.annotations.NullMarked;
