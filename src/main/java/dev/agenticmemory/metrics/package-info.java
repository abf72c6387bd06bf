/// How the program is doing, in numbers.
@NullMarked
package dev.agenticmemory.metrics;

import org.jspecify.annotations.NullMarked;
