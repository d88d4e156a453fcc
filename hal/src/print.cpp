#include "ferry/print.hpp"

#include "hal/src/console.hpp"

namespace ferry::detail {
namespace {

class ConsoleWriter : public Writer {
 public:
  ConsoleWriter() : Writer([](Writer&, char character) { console_put(character); }) {}
};

}  // namespace

void print(std::string_view text, const Argument* arguments) {
  ConsoleWriter writer;
  format(writer, text, arguments);
}

}  // namespace ferry::detail
