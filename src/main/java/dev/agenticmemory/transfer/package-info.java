/// Moves memories in and out: files that people keep, and whole stores.
@NullMarked
package dev.agenticmemory.transfer;

import org.jspecify.annotations.NullMarked;
