package dev.agenticmemory.openclaw;

import dev.agenticmemory.domain.Unicode;
import dev.agenticmemory.text.RecalledBlocks;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Takes out of a diary entry what no person and no assistant said: heartbeats, dumps of tools,
/// what a recall put in, and the envelopes of messages.
///
/// By the shape of a whole turn or block, never by a word in it: who talks about a heartbeat is
/// heard.
final class Noise {

  /// `- Boss: …`: one turn of a conversation, up to the next.
  private static final Pattern TURN = Pattern.compile("(?m)^- ([^:\\n]{1,80}):(?:[ \\t]|$)");

  private static final Pattern TOOL_SPEAKER =
      Pattern.compile(
          "tool|tool[ _-]?(?:call|result|output|use)s?|function|toolResult|system",
          Pattern.CASE_INSENSITIVE);

  /// What an assistant answers where nothing is to be said, alone.
  private static final Pattern SILENCE =
      Pattern.compile("[\\s*_`\"']*(?:HEARTBEAT_OK|NO_REPLY)[\\s*_`\"'.!]*");

  /// What OpenClaw asks by itself, from time to time.
  private static final Pattern HEARTBEAT =
      Pattern.compile(
          "\\s*(?:Read HEARTBEAT\\.md\\b|\\[?heartbeat(?: poll)?]?:?\\s*$).*", Pattern.DOTALL);

  private static final Pattern DUMP =
      Pattern.compile(
          "<(tool_call|tool_result|tool_use|tool_response|function_calls|function_results)(?:\\s[^>]{0,500})?>"
              + "(?:.*?</\\1\\s*>|.*\\z)",
          Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

  /// A turn that is nothing but the record of a call.
  private static final Pattern CALL =
      Pattern.compile(
          "\\s*(?:\\[(?:tool|tool[_ ]?(?:call|result|use|output)|function[_ ]?call)\\b[^\\]]*].*"
              + "|[\\[{]\\s*\\{?\\s*\"(?:type\"\\s*:\\s*\"(?:tool|function)[^\"]*\"|tool_calls?\"|tool_call_id\"|toolCallId\").*)",
          Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

  private static final List<Pattern> ENVELOPES =
      List.of(
          Pattern.compile(
              "(?m)^[^\\n]{0,60}\\(untrusted metadata\\):?\\s*```(?:json)?\\s.*?```\\s*",
              Pattern.DOTALL),
          Pattern.compile(
              "^\\s*\\[(?:WhatsApp|Telegram|Discord|Slack|Signal|iMessage|Matrix|Teams|WebChat|Feishu|Lark|WeChat"
                  + "|LINE|SMS|Email|Google Chat|Mattermost|Zalo)\\b[^\\]\\n]{0,300}]\\s*"),
          Pattern.compile(
              "^\\s*\\[(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? )?\\d{4}-\\d\\d-\\d\\d[ T]\\d\\d:\\d\\d[^\\]\\n]{0,40}]\\s*"),
          Pattern.compile("\\s*\\[message_id: [^\\]\\n]{1,200}]"));

  private Noise() {}

  /// What of an entry's body is worth remembering; empty where nothing is.
  static String strip(String body) {
    // A blank line before each turn, so that a block without an end takes no other turn with it.
    String apart = TURN.matcher(body).replaceAll("\n$0");
    return turns(RecalledBlocks.strip(apart).text()).stream()
        .map(Noise::turn)
        .filter(turn -> !turn.isEmpty())
        .collect(Collectors.joining("\n"));
  }

  private static List<String> turns(String body) {
    List<String> turns = new ArrayList<>();
    Matcher starts = TURN.matcher(body);
    int start = 0;
    while (starts.find()) {
      turns.add(body.substring(start, starts.start()));
      start = starts.start();
    }
    turns.add(body.substring(start));
    return turns;
  }

  private static String turn(String turn) {
    Matcher lead = TURN.matcher(turn);
    boolean spoken = lead.lookingAt();
    if (spoken && TOOL_SPEAKER.matcher(lead.group(1).strip()).matches()) {
      return "";
    }
    String said = DUMP.matcher(spoken ? turn.substring(lead.end()) : turn).replaceAll("");
    for (Pattern envelope : ENVELOPES) {
      said = envelope.matcher(said).replaceAll("");
    }
    boolean noise =
        Unicode.isBlank(said)
            || SILENCE.matcher(said).matches()
            || CALL.matcher(said).matches()
            || (HEARTBEAT.matcher(said).matches() && isHeartbeat(said));
    if (noise) {
      return "";
    }
    return spoken ? "- " + lead.group(1).strip() + ": " + said.strip() : said.strip();
  }

  /// The prompt of a heartbeat names its answer; a sentence about the file does not.
  private static boolean isHeartbeat(String said) {
    return said.contains("HEARTBEAT_OK") || said.strip().length() < 30;
  }
}
