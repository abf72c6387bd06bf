/// Native libraries of others, which are kept in the data folder.
@NullMarked
package dev.agenticmemory.natives;

import org.jspecify.annotations.NullMarked;
