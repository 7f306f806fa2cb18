# millrace_library(NAME SOURCES a.cpp … HEADERS a.hpp … [DEPS target …] [PRIVATE_DEPS target …])
#
# One static target per folder of proxy/, named millrace::NAME. The links mirror the floors of
# ARCHITECTURE.md; every header is also compiled alone, so that each is self-contained.
function(millrace_library name)
    cmake_parse_arguments(ARG "" "" "SOURCES;HEADERS;DEPS;PRIVATE_DEPS" ${ARGN})
    add_library(millrace_${name} STATIC)
    add_library(millrace::${name} ALIAS millrace_${name})
    target_sources(millrace_${name}
        PRIVATE ${ARG_SOURCES}
        PUBLIC FILE_SET HEADERS BASE_DIRS "${PROJECT_SOURCE_DIR}" FILES ${ARG_HEADERS})
    target_link_libraries(millrace_${name}
        PUBLIC ${ARG_DEPS}
        PRIVATE ${ARG_PRIVATE_DEPS} millrace_warnings)
    set_target_properties(millrace_${name} PROPERTIES VERIFY_INTERFACE_HEADER_SETS ON)
endfunction()
