#include "board/testing/linked_boards.hpp"

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <utility>

namespace ferry::board {

namespace {

PartDrive together(const PartDrive& a, const PartDrive& b) {
  return {.high = a.high || b.high,
          .low = a.low || b.low,
          .pull_up = a.pull_up || b.pull_up,
          .pull_down = a.pull_down || b.pull_down};
}

bool has_ended(const TestBoard& board) {
  switch (board.last_stop()) {
    case Board::Stop::exited:
    case Board::Stop::trap_loop:
    case Board::Stop::rom_call:
      return true;
    default:
      return false;
  }
}

// Nothing but a wire can wake it.
bool sleeps(const TestBoard& board) { return board.last_stop() == Board::Stop::deadlock; }

}  // namespace

// What changes in a run, but for the boards.
struct LinkedBoards::Moment::Links {
  static constexpr std::size_t no_net = ~std::size_t{0};

  // A pin with a wire to another board.
  struct End {
    std::size_t board;
    unsigned pin;
    std::size_t net;                  // which ends are joined
    PartDrive own;                    // what its board does, as the other ends will know it
    std::vector<PartDrive> received;  // what each other end does, as far as it is known here
  };

  std::vector<End> ends;
  std::vector<Time> reached;           // by each board
  std::vector<std::size_t> looked_at;  // of each board's text
  std::size_t under_way = 0;           // changes on the wires
  Time now = 0;
};

struct LinkedBoards::Parts : std::enable_shared_from_this<Parts> {
  using Links = LinkedBoards::Moment::Links;
  using End = Links::End;

  struct Member {
    TestBoard* board;
    Time began, began_here;  // the same moment, of the board's time and of ours

    Time to_ours(Time time) const { return time - began + began_here; }
    Time to_theirs(Time time) const { return time - began_here + began; }
    Time now() const { return to_ours(board->now()); }
  };

  explicit Parts(Time with_delay) : delay(with_delay) {}

  std::size_t member(TestBoard& board) {
    const auto known = std::ranges::find(members, &board, &Member::board);
    if (known != members.end()) return static_cast<std::size_t>(known - members.begin());
    members.push_back({.board = &board, .began = board.now(), .began_here = links.now});
    links.reached.push_back(links.now);
    links.looked_at.push_back(0);
    return members.size() - 1;
  }

  std::size_t end(std::size_t board, unsigned pin) {
    for (std::size_t known = 0; known < links.ends.size(); ++known)
      if (links.ends[known].board == board && links.ends[known].pin == pin) return known;
    const std::size_t made = links.ends.size();
    // It stays when this object goes: then nobody is there to be told.
    pins(board).on_own_drive(pin, [parts = weak_from_this(), made] {
      if (const auto alive = parts.lock()) alive->changed(made);
    });
    links.ends.push_back({.board = board, .pin = pin, .net = Links::no_net, .own = {}, .received = {}});
    for (End& each : links.ends) each.received.resize(made + 1);
    return made;
  }

  Pins& pins(std::size_t board) const { return members[board].board->board().pins(); }

  void join(std::size_t a, std::size_t b) {
    const std::size_t made = std::min({a, b, links.ends[a].net, links.ends[b].net});
    for (const std::size_t old : {links.ends[a].net, links.ends[b].net})
      for (End& each : links.ends)
        if (old != Links::no_net && each.net == old) each.net = made;
    links.ends[a].net = links.ends[b].net = made;
    tell_at_once();
  }

  void cut(std::size_t end) {
    links.ends[end].net = Links::no_net;
    tell_at_once();
  }

  // Everybody knows how things stand.
  void tell_at_once() {
    for (End& each : links.ends) each.own = pins(each.board).own_drive(each.pin);
    for (std::size_t to = 0; to < links.ends.size(); ++to) {
      for (std::size_t from = 0; from < links.ends.size(); ++from)
        links.ends[to].received[from] = joined(from, to) ? links.ends[from].own : PartDrive{};
      drive(to);
    }
  }

  bool joined(std::size_t from, std::size_t to) const {
    return from != to && links.ends[from].net != Links::no_net && links.ends[from].net == links.ends[to].net;
  }

  void drive(std::size_t to) const {
    const End& end = links.ends[to];
    PartDrive all;
    for (const PartDrive& each : end.received) all = together(all, each);
    pins(end.board).drive_by_link(end.pin, all);
  }

  // What the board does at this end may be something else now.
  void changed(std::size_t from) {
    End& end = links.ends[from];
    const PartDrive own = pins(end.board).own_drive(end.pin);
    if (end.own == own) return;
    end.own = own;
    if (end.net == Links::no_net) return;
    const Time arrival = members[end.board].now() + delay;
    for (std::size_t to = 0; to < links.ends.size(); ++to) {
      if (!joined(from, to)) continue;
      ++links.under_way;
      const Member& other = members[links.ends[to].board];
      other.board->board().at(other.to_theirs(arrival), [parts = weak_from_this(), from, to, own] {
        if (const auto alive = parts.lock()) alive->arrives(from, to, own);
      });
    }
  }

  void arrives(std::size_t from, std::size_t to, const PartDrive& drive_there) {
    --links.under_way;
    if (!joined(from, to)) return;  // it has been cut meanwhile
    links.ends[to].received[from] = drive_there;
    drive(to);
  }

  // Runs until a time, until it is done, or for as long as anybody can go on.
  template <class Done>
  bool run(Time until, Done done) {
    bool over = done();
    while (!over && run_one(until)) over = done();
    if (!links.reached.empty())
      links.now = std::max(links.now, std::min(until, *std::ranges::min_element(links.reached)));
    return over;
  }

  // Runs the board that is furthest behind, for as long as nothing can reach it from another one. False when
  // all have come to `until`, nobody can go on, or a part wants the run to end.
  bool run_one(Time until) {
    const auto behind = std::ranges::min_element(links.reached);
    if (behind == links.reached.end() || *behind >= until || nobody_goes_on()) return false;
    Time target = until;
    for (auto other = links.reached.begin(); other != links.reached.end(); ++other)
      if (other != behind) target = std::min(target, *other + delay / 2);
    const Member& member = members[static_cast<std::size_t>(behind - links.reached.begin())];
    if (!has_ended(*member.board)) run(member, target);
    *behind = std::max(target, member.now());
    return member.board->last_stop() != Board::Stop::requested;
  }

  void run(const Member& member, Time target) const {
    const Time end = member.to_theirs(target);
    if (end <= member.board->now()) return;
    // A board on which nothing is ever due would not let time pass.
    if (sleeps(*member.board)) member.board->board().at(end, [] {});
    // A basic block of computing takes some 100 ns.
    const auto each = delay < microsecond ? Board::Opportunity::instruction : Board::Opportunity::block;
    member.board->run_for(end - member.board->now(), each);
  }

  bool nobody_goes_on() const {
    return links.under_way == 0 && std::ranges::all_of(members, [](const Member& member) {
             return has_ended(*member.board) || sleeps(*member.board);
           });
  }

  Time delay;
  std::vector<Member> members;
  Links links;
};

LinkedBoards::LinkedBoards(Time delay) : parts_(std::make_shared<Parts>(delay)) {
  if (delay < 2) throw std::invalid_argument("a wire's delay is 2 ps or more");
}

// The wires are gone as soon as a board runs again: not here, where a test's listeners, which may be gone
// already, would hear of it.
LinkedBoards::~LinkedBoards() {
  for (const Parts::End& end : parts_->links.ends) {
    TestBoard& board = *parts_->members[end.board].board;
    board.board().at(board.now(), [&board, pin = end.pin] { board.board().pins().drive_by_link(pin, {}); });
  }
}

void LinkedBoards::wire(TestBoard& a, unsigned pin_a, TestBoard& b, unsigned pin_b) {
  if (&a == &b) throw std::invalid_argument("both ends are on one board: TestBoard::wire joins them");
  for (const unsigned pin : {pin_a, pin_b})
    if (pin >= chip::gpio_count) throw std::out_of_range("there is no GPIO" + std::to_string(pin));
  const std::size_t end_a = parts_->end(parts_->member(a), pin_a);
  const std::size_t end_b = parts_->end(parts_->member(b), pin_b);
  parts_->join(end_a, end_b);
}

void LinkedBoards::cut(TestBoard& board, unsigned pin) {
  if (pin >= chip::gpio_count) throw std::out_of_range("there is no GPIO" + std::to_string(pin));
  parts_->cut(parts_->end(parts_->member(board), pin));
}

void LinkedBoards::run_for(Time span) {
  parts_->run(parts_->links.now + span, [] { return false; });
}

bool LinkedBoards::run_until_text(TestBoard& board, std::string_view text, Time timeout) {
  const std::size_t index = parts_->member(board);
  std::optional<std::size_t> searched;
  return parts_->run(parts_->links.now + timeout, [&] {
    const std::string& printed = board.text();
    if (searched == printed.size()) return false;
    searched = printed.size();
    const std::size_t found = printed.find(text, parts_->links.looked_at[index]);
    if (found == std::string::npos) return false;
    parts_->links.looked_at[index] = found + text.size();
    return true;
  });
}

bool LinkedBoards::run_until_exit(Time timeout) {
  return parts_->run(parts_->links.now + timeout, [this] {
    return std::ranges::all_of(parts_->members, [](const Parts::Member& member) {
      return member.board->last_stop() == Board::Stop::exited;
    });
  });
}

Time LinkedBoards::now() const { return parts_->links.now; }

std::string LinkedBoards::describe() const {
  std::string text;
  for (std::size_t index = 0; index < parts_->members.size(); ++index)
    text += "board " + std::to_string(index) + ": " + parts_->members[index].board->describe() + '\n';
  return text;
}

LinkedBoards::Moment LinkedBoards::moment() {
  Moment moment{.boards = {}, .links = std::make_shared<const Moment::Links>(parts_->links)};
  for (const Parts::Member& member : parts_->members) moment.boards.push_back(member.board->moment());
  return moment;
}

void LinkedBoards::go_back(const Moment& moment) {
  const auto same_pins = [](const Parts::End& a, const Parts::End& b) {
    return a.board == b.board && a.pin == b.pin;
  };
  if (moment.links == nullptr || moment.boards.size() != parts_->members.size() ||
      !std::ranges::equal(moment.links->ends, parts_->links.ends, same_pins))
    throw std::logic_error("a moment of other boards or other wires");
  parts_->links = *moment.links;
  for (std::size_t index = 0; index < moment.boards.size(); ++index)
    parts_->members[index].board->go_back(moment.boards[index]);
}

}  // namespace ferry::board
