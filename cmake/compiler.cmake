# Language, warnings and sanitizers, the same for every target of ours.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

# The release binary must run on every x86-64 server of the last ten years.
if(CMAKE_SYSTEM_PROCESSOR STREQUAL "x86_64")
    add_compile_options(-march=x86-64-v2)
endif()
# Coroutines hand over to each other by tail calls; below -O2 g++ makes them only when told so.
add_compile_options(-foptimize-sibling-calls $<$<NOT:$<CONFIG:Release>>:-fno-omit-frame-pointer>)

add_library(millrace_warnings INTERFACE)
target_compile_options(millrace_warnings INTERFACE
    -Wall -Wextra -Wshadow -Wconversion -Wnon-virtual-dtor -Wswitch-enum
    # g++ 12 cannot pair the class-level operator new and delete of a coroutine promise.
    $<$<CXX_COMPILER_ID:GNU>:-Wno-mismatched-new-delete>
    # Its flow analysis sees ghosts in std::variant and std::string (gcc bugs 105593, 105651).
    $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>
    $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>
    $<$<BOOL:${MILLRACE_WERROR}>:-Werror>)

if(MILLRACE_SANITIZE STREQUAL "address")
    # vptr reads memory through a pipe: it reports ghosts in tests that leave no descriptor free.
    add_compile_options(
        -fsanitize=address,undefined -fno-sanitize=vptr -fno-sanitize-recover=undefined)
    add_link_options(-fsanitize=address,undefined)
elseif(MILLRACE_SANITIZE STREQUAL "thread")
    # Asio fences where it holds a mutex anyway; g++ warns that it does not model fences.
    add_compile_options(-fsanitize=thread $<$<CXX_COMPILER_ID:GNU>:-Wno-tsan>)
    add_link_options(-fsanitize=thread)
elseif(MILLRACE_SANITIZE STREQUAL "sharing")
    # The calls of -fsanitize=thread, answered by bench/sharing instead of the sanitizer's library.
    add_library(written_lines STATIC "${PROJECT_SOURCE_DIR}/bench/sharing/written_lines.cpp")
    target_link_libraries(written_lines PRIVATE millrace_warnings)
    target_compile_options(written_lines PRIVATE -fno-sanitize=thread)
    add_compile_options(-fsanitize=thread -Wno-tsan)
    link_libraries(written_lines)
elseif(NOT MILLRACE_SANITIZE STREQUAL "")
    message(FATAL_ERROR
        "MILLRACE_SANITIZE is '${MILLRACE_SANITIZE}', expected empty, address, thread or sharing")
endif()
