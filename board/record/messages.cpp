#include "board/record/messages.hpp"

#include "board/image/text.hpp"
#include "board/record/time_text.hpp"

#include <sys/stat.h>

#include <string>
#include <utility>

namespace ferry::board {

namespace {

bool lead_to_same_place(int a, int b) {
  struct stat status_a = {}, status_b = {};
  return ::fstat(a, &status_a) == 0 && ::fstat(b, &status_b) == 0 && status_a.st_dev == status_b.st_dev &&
         status_a.st_ino == status_b.st_ino;
}

}  // namespace

Messages::Messages(Output& text, Output& messages, std::function<Time()> now,
                   std::function<std::string()> where)
    : text_(text),
      messages_(messages),
      now_(std::move(now)),
      where_(std::move(where)),
      same_place_(lead_to_same_place(text.descriptor(), messages.descriptor())) {}

void Messages::line(std::string_view text) {
  // A firmware may have printed half a line by now: where both streams are seen together it is ended first.
  if (same_place_ && !text_.at_line_start()) text_.write("\n");
  text_.flush();
  messages_.write(std::string(text) + '\n');
  messages_.flush();
}

void Messages::notice(std::string_view text) {
  if (notices_ > most_notices) return;
  if (notices_++ == most_notices) return line("note: there is more to note; that is not written any more");
  const std::string where = where_ ? where_() : std::string();
  line("note: " + one_line(text) + (where.empty() ? where : "," + where));
}

void Messages::chip_reset(std::string_view cause) {
  if (resets_ > most_resets) return;
  if (resets_++ == most_resets)
    return line("note: the chip goes on being reset; only the summary counts that from here on");
  line("note: chip reset at " + seconds_text(now_()) + " s: " + one_line(cause));
}

}  // namespace ferry::board
