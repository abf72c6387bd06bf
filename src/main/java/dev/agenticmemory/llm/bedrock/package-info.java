/// Language models of Amazon Bedrock, by its Converse operation.
@NullMarked
package dev.agenticmemory.llm.bedrock;

import org.jspecify.annotations.NullMarked;
