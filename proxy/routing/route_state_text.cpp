#include "proxy/routing/route_state_text.hpp"

#include "proxy/base/ascii.hpp"

#include <fmt/format.h>

#include <iterator>
#include <limits>

namespace millrace::routing {

namespace {

/// What is in front of the first blank; `text` keeps what is behind it.
std::string_view take_word(std::string_view& text) {
    auto const blank = text.find(' ');
    auto const word = text.substr(0, blank);
    text.remove_prefix(blank == std::string_view::npos ? text.size() : blank + 1);
    return word;
}

template <class Number>
bool take_number(std::string_view& text, Number& out, std::uint64_t highest) {
    auto const number = ascii::parse_decimal(take_word(text));
    if (!number || *number > highest) {
        return false;
    }
    out = static_cast<Number>(*number);
    return true;
}

bool take_line(
    std::string_view line, route_state& state, std::vector<traffic_split::piece>& pieces
) {
    auto const key = take_word(line);
    if (key == "epoch") {
        return take_number(line, state.epoch, std::numeric_limits<std::uint32_t>::max());
    }
    if (key == "file_refs") {
        return take_number(line, state.file_refs_hash, std::numeric_limits<std::uint64_t>::max());
    }
    if (key == "ref") {
        backend_ref ref;
        bool const good = take_number(line, ref.weight.value, weight::value_max);
        ref.backend = line;
        state.refs.push_back(std::move(ref));
        return good && !line.empty();
    }
    traffic_split::piece piece{};
    pieces.push_back(piece);
    return key == "piece" && take_number(line, pieces.back().begin, traffic_split::units - 1) &&
           take_number(line, pieces.back().version, traffic_split::versions_max);
}

}  // namespace

std::string to_text(const route_state& state) {
    auto text = fmt::format("epoch {}\nfile_refs {}\n", state.epoch, state.file_refs_hash);
    for (auto const& ref : state.refs) {
        fmt::format_to(std::back_inserter(text), "ref {} {}\n", ref.weight.value, ref.backend);
    }
    for (auto const& piece : state.split.pieces()) {
        fmt::format_to(std::back_inserter(text), "piece {} {}\n", piece.begin, piece.version);
    }
    return text;
}

std::optional<route_state> route_state_from_text(std::string_view route, std::string_view text) {
    route_state state;
    state.route = route;
    std::vector<traffic_split::piece> pieces;
    while (!text.empty()) {
        auto const end = text.find('\n');
        if (end == std::string_view::npos || !take_line(text.substr(0, end), state, pieces)) {
            return std::nullopt;
        }
        text.remove_prefix(end + 1);
    }
    auto split = traffic_split::from_pieces(pieces, state.refs.size());
    if (!split || state.refs.empty()) {
        return std::nullopt;
    }
    state.split = std::move(*split);
    return state;
}

}  // namespace millrace::routing
