/// Elasticsearch, through the low-level client of elasticsearch-java.
@NullMarked
package dev.agenticmemory.store.elastic;

import org.jspecify.annotations.NullMarked;
