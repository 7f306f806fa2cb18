#include "proxy/admin/token_store.hpp"

#include "proxy/admin/request_guard.hpp"
#include "proxy/admin/token_file.hpp"
#include "proxy/base/log.hpp"

#include <fmt/core.h>

#include <sys/stat.h>

#include <utility>

namespace millrace::admin {

std::string token_store::refresh(entry& one) {
    struct ::stat found {};

    bool const there = ::stat(one.file.c_str(), &found) == 0;
    auto const inode = there ? static_cast<std::int64_t>(found.st_ino) : 0;
    auto const changed = there ? static_cast<std::int64_t>(found.st_ctim.tv_sec) * 1'000'000'000 +
                                     found.st_ctim.tv_nsec
                               : 0;
    auto const bytes = there ? static_cast<std::int64_t>(found.st_size) : 0;
    if (inode == one.inode && changed == one.changed_ns && bytes == one.bytes) {
        return {};
    }
    one.inode = inode;
    one.changed_ns = changed;
    one.bytes = bytes;
    auto came = read_token(one.file);
    one.value = std::move(came.value);
    return came.error;
}

token_store token_store::open(
    const std::string& own_file, const std::vector<token_params>& others, std::string& error
) {
    token_store made;
    made.entries_.push_back({.who = {own_token_name, role::operate}, .value = {}, .file = own_file}
    );
    for (auto const& each : others) {
        made.entries_.push_back(
            {.who = {each.name, each.role}, .value = each.secret, .file = each.token_file}
        );
    }
    for (auto& each : made.entries_) {
        error = each.file.empty() ? std::string{} : refresh(each);
        if (!error.empty()) {
            error = fmt::format("the token '{}': {}", each.who.name, error);
            return {};
        }
    }
    return made;
}

token_store token_store::of(std::string token) {
    token_store made;
    made.entries_.push_back(
        {.who = {own_token_name, role::operate}, .value = std::move(token), .file = {}}
    );
    return made;
}

std::optional<identity> token_store::find(std::string_view token) {
    std::optional<identity> found;
    for (auto& each : entries_) {
        if (!each.file.empty()) {
            if (auto const error = refresh(each); !error.empty()) {
                log::error("admin: the token '{}' opens nothing: {}", each.who.name, error);
            }
        }
        bool const same = equal_in_constant_time(token, each.value);
        if (same && !each.value.empty() && !found) {
            found = each.who;
        }
    }
    return found;
}

}  // namespace millrace::admin
