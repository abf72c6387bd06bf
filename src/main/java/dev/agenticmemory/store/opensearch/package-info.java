/// OpenSearch, through the generic client of opensearch-java.
@NullMarked
package dev.agenticmemory.store.opensearch;

import org.jspecify.annotations.NullMarked;
