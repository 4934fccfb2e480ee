# Installing and packaging: `cmake --install build --prefix P`, `cd build && cpack -G DEB`. Included at the top of the tree.
#
#   bin/hartbeat                     share/hartbeat/images, configs, commit
#   share/man/man1/hartbeat*.1.gz    share/bash-completion/completions/hartbeat, share/zsh/vendor-completions/_hartbeat
#   share/doc/hartbeat/              README.md, docs, examples, changelog, copyright
#
# Man pages and completion are printed by the command itself, from its tables of commands and options.
include(GNUInstallDirs)

set(texts ${CMAKE_BINARY_DIR}/texts)
add_custom_command(
    OUTPUT ${texts}/done
    COMMAND ${CMAKE_SOURCE_DIR}/.ci/make-texts $<TARGET_FILE:hartbeat> ${texts} ${CMAKE_SOURCE_DIR}/CHANGELOG.md
    DEPENDS hartbeat ${CMAKE_SOURCE_DIR}/.ci/make-texts ${CMAKE_SOURCE_DIR}/CHANGELOG.md
    COMMENT "Man pages and completion"
    VERBATIM)
add_custom_target(hb_texts ALL DEPENDS ${texts}/done)

# The commit is read by `hartbeat --version` alone. It stands beside the program and not in it, so that the same sources
# make the same program.
add_custom_target(hb_commit ALL
    COMMAND ${CMAKE_SOURCE_DIR}/.ci/write-commit ${CMAKE_SOURCE_DIR} ${CMAKE_BINARY_DIR}/commit
    BYPRODUCTS ${CMAKE_BINARY_DIR}/commit
    VERBATIM)
add_dependencies(hartbeat hb_commit)

set(data ${CMAKE_INSTALL_DATADIR}/hartbeat)
install(TARGETS hartbeat)
foreach(image smp smp_flushed amp by-hand contention patterns sharing speed)
    install(FILES ${CMAKE_BINARY_DIR}/images/${image}.elf DESTINATION ${data}/images)
endforeach()
install(DIRECTORY configs/ DESTINATION ${data}/configs)
install(FILES ${CMAKE_BINARY_DIR}/commit DESTINATION ${data})
install(DIRECTORY ${texts}/man1 DESTINATION ${CMAKE_INSTALL_MANDIR})
install(FILES ${texts}/hartbeat DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
install(FILES ${texts}/_hartbeat DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions)
# As they lie in the tree, so that their links hold.
install(DIRECTORY docs examples DESTINATION ${CMAKE_INSTALL_DOCDIR} PATTERN make EXCLUDE PATTERN *.elf EXCLUDE)
install(FILES README.md CITATION.cff ${texts}/changelog.gz DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} RENAME copyright)

set(CPACK_PACKAGE_NAME hartbeat)
set(CPACK_PACKAGE_VENDOR "hartbeat contributors")
set(CPACK_PACKAGE_CONTACT "hartbeat contributors <hartbeat@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "cycle-stepped emulator of a small RISC-V multiprocessor")
string(CONCAT CPACK_PACKAGE_DESCRIPTION
    "Several RISC-V harts with private caches on one snooping bus run a small\n"
    "operating system, and a hart can be killed in the middle of its work.\n"
    "Coherence protocols are tables that can be verified, edited and broken.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_PROJECT_CONFIG_FILE ${CMAKE_SOURCE_DIR}/.ci/cpack.cmake)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
# The dashboard loads SDL when a window opens, and looks for its fonts: neither is linked to the program.
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "fonts-dejavu-core, libsdl2-2.0-0, libsdl2-ttf-2.0-0, libsdl2-image-2.0-0")
include(CPack)
