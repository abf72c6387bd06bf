/// What a memory is, whose it is, and what may happen to it.
///
/// Values only: records and sealed types that check themselves. No I/O, no clock, no threads, no
/// framework. Everything else in the program may import this package; this package imports nothing
/// of the program.
///
/// Start with [dev.agenticmemory.domain.Memory], then [dev.agenticmemory.domain.Scope].
@NullMarked
package dev.agenticmemory.domain;

import org.jspecify.annotations.NullMarked;
