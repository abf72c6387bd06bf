/// The port to models that read a query and a text together and say how well they fit.
@NullMarked
package dev.agenticmemory.rerank;

import org.jspecify.annotations.NullMarked;
