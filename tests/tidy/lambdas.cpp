#include "tests/tidy/lambdas.hpp"

#include <array>
#include <cctype>
#include <optional>
#include <set>

namespace millrace::tidy {
namespace {

struct lambda {
    std::size_t at = 0;
    std::size_t body_begin = 0;
    std::size_t body_end = 0;
    bool captures = false;
};

bool is_word(char letter) {
    return std::isalnum(static_cast<unsigned char>(letter)) != 0 || letter == '_';
}

std::size_t skip_blanks(std::string_view code, std::size_t at) {
    while (at < code.size() && std::isspace(static_cast<unsigned char>(code[at])) != 0) {
        ++at;
    }
    return at;
}

/// One behind the bracket that closes the one at `at`; npos when nothing does.
std::size_t behind_pair(std::string_view code, std::size_t at) {
    const char open = code[at];
    const char close = open == '(' ? ')' : open == '[' ? ']' : '}';
    std::size_t depth = 0;
    for (; at < code.size(); ++at) {
        depth += code[at] == open ? 1 : 0;
        if (code[at] == close && --depth == 0) {
            return at + 1;
        }
    }
    return std::string_view::npos;
}

/// Whether a '[' there can introduce a lambda rather than an index or an attribute.
bool can_introduce(std::string_view code, std::size_t at) {
    if (code.substr(at).starts_with("[[") || (at > 0 && code[at - 1] == '[')) {
        return false;
    }
    std::size_t before = at;
    while (before > 0 && std::isspace(static_cast<unsigned char>(code[before - 1])) != 0) {
        --before;
    }
    if (before == 0) {
        return true;
    }
    const char last = code[before - 1];
    const bool behind_return = before >= 6 && code.substr(before - 6, 6) == "return";
    return behind_return || (!is_word(last) && last != ')' && last != ']');
}

std::optional<lambda> lambda_at(std::string_view code, std::size_t at) {
    const std::size_t behind = can_introduce(code, at) ? behind_pair(code, at) : code.npos;
    if (behind == code.npos) {
        return std::nullopt;
    }
    const bool captures = skip_blanks(code, at + 1) + 1 < behind;
    std::size_t next = skip_blanks(code, behind);
    if (next < code.size() && code[next] == '(') {
        next = behind_pair(code, next);
    }
    // Between the parameters and the body: mutable, noexcept(...), -> type<of, a, kind>.
    while (next < code.size() && code[next] != '{') {
        if (code[next] == ';' || code[next] == ')' || code[next] == '}') {
            return std::nullopt;
        }
        next = code[next] == '(' ? behind_pair(code, next) : next + 1;
    }
    const std::size_t end = next < code.size() ? behind_pair(code, next) : code.npos;
    if (end == code.npos) {
        return std::nullopt;
    }
    return lambda{at, next, end, captures};
}

/// Offsets of co_await, co_return and co_yield.
std::vector<std::size_t> coroutine_words(std::string_view code) {
    constexpr std::array words{"co_await", "co_return", "co_yield"};
    std::vector<std::size_t> found;
    for (const std::string_view word : words) {
        for (std::size_t at = code.find(word); at != code.npos; at = code.find(word, at + 1)) {
            const std::size_t end = at + word.size();
            if ((at == 0 || !is_word(code[at - 1])) &&
                (end == code.size() || !is_word(code[end]))) {
                found.push_back(at);
            }
        }
    }
    return found;
}

/// The last that begins before an offset inside its body.
std::optional<lambda> innermost_around(const std::vector<lambda>& lambdas, std::size_t offset) {
    std::optional<lambda> found;
    for (const lambda& one : lambdas) {
        if (one.body_begin < offset && offset < one.body_end) {
            found = one;
        }
    }
    return found;
}

}  // namespace

std::vector<std::size_t> capturing_coroutine_lambdas(std::string_view code) {
    std::vector<lambda> lambdas;
    for (std::size_t at = code.find('['); at != code.npos; at = code.find('[', at + 1)) {
        if (const auto found = lambda_at(code, at)) {
            lambdas.push_back(*found);
        }
    }
    std::set<std::size_t> found;
    for (const std::size_t word : coroutine_words(code)) {
        const auto innermost = innermost_around(lambdas, word);
        if (innermost && innermost->captures) {
            found.insert(innermost->at);
        }
    }
    return {found.begin(), found.end()};
}

}  // namespace millrace::tidy
