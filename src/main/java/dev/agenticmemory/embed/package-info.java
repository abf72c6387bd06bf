/// The embedder port: text to vector. One sub-package per provider.
@NullMarked
package dev.agenticmemory.embed;

import org.jspecify.annotations.NullMarked;
