/// The memory that agents keep. [dev.agenticmemory.Main] wires it; read
/// [dev.agenticmemory.engine.AddMemory] to see what it does.
@NullMarked
package dev.agenticmemory;

import org.jspecify.annotations.NullMarked;
