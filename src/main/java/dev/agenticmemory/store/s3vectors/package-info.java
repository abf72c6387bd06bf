/// Amazon S3 Vectors for the vectors, and an embedded store beside it for all that the service
/// cannot hold.
@NullMarked
package dev.agenticmemory.store.s3vectors;

import org.jspecify.annotations.NullMarked;
