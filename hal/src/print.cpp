#include "ferry/print.hpp"

#include "hal/src/console.hpp"

namespace ferry::detail {
namespace {

class ConsoleWriter : public Writer {
 public:
  ConsoleWriter()
      : Writer([](Writer& self, char character) {
          if (!console_put(character)) static_cast<ConsoleWriter&>(self).lost_some_ = true;
        }) {}

  bool lost_some() const { return lost_some_; }

 private:
  bool lost_some_ = false;
};

}  // namespace

bool print(std::string_view text, const Argument* arguments) {
  ConsoleWriter writer;
  format(writer, text, arguments);
  return !writer.lost_some();
}

}  // namespace ferry::detail
