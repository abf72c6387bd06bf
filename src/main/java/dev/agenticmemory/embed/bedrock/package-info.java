/// Embedding models of Amazon Bedrock.
@NullMarked
package dev.agenticmemory.embed.bedrock;

import org.jspecify.annotations.NullMarked;
