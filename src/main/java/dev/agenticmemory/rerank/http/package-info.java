/// Rerankers behind an HTTP endpoint.
@NullMarked
package dev.agenticmemory.rerank.http;

import org.jspecify.annotations.NullMarked;
