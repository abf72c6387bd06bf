package dev.agenticmemory.llm;

/// One question and one answer with a provider's model: what an implementation has to bring. Safe
/// for concurrent use.
public interface Chat {

  /// Provider and model, for messages; no secret.
  String name();

  /// The model's answer, as it is. Usage counts every request that was sent.
  ///
  /// @param schema the JSON schema of the answer, for providers that can hold a model to it
  Reply<Text> ask(String system, String user, Schema schema);

  /// What a model wrote.
  ///
  /// @param cut whether it ended because it was too long
  record Text(String text, boolean cut) {}

  /// The form of an answer.
  ///
  /// @param json a JSON schema
  record Schema(String name, String json) {}
}
