package dev.agenticmemory.engine;

/// Faults of a model that is asked by Bedrock's Converse.
final class BedrockFaultsTest extends InferenceFaultsContract {

  @Override
  InferenceFixture.Wire wire() {
    return InferenceFixture.Wire.BEDROCK;
  }
}
