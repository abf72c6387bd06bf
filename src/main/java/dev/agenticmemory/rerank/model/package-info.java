/// A language model as reranker.
@NullMarked
package dev.agenticmemory.rerank.model;

import org.jspecify.annotations.NullMarked;
