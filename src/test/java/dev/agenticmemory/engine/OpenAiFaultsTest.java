package dev.agenticmemory.engine;

import static dev.agenticmemory.llm.ScriptedModel.facts;
import static dev.agenticmemory.llm.ScriptedModel.status;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// Faults of a model that is asked in OpenAI's format.
final class OpenAiFaultsTest extends InferenceFaultsContract {

  @Override
  InferenceFixture.Wire wire() {
    return InferenceFixture.Wire.OPENAI;
  }

  @Test
  void anEndpointWithoutSchemasIsAskedWithoutThem() {
    fixture
        .model
        .then(status(400, "{\"error\":{\"message\":\"response_format is not supported\"}}"))
        .then(facts(FACT));
    Added added = fixture.add(INPUT);
    requireDone(added);
    assertThat(added.usage().calls()).isEqualTo(2);
    assertThat(fixture.model.asked().get(0).json().has("response_format")).isTrue();
    assertThat(fixture.model.asked().get(1).json().has("response_format")).isFalse();
  }
}
