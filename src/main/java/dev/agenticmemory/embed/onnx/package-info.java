/// Embedding models that run inside this process, from files in the program's own libraries.
@NullMarked
package dev.agenticmemory.embed.onnx;

import org.jspecify.annotations.NullMarked;
