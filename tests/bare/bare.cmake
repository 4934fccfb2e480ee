# hb_bare_program(NAME OUTPUT SOURCES...): a bare-metal program for the guest, of these sources and of tests/bare. Its
# target is NAME; whoever wants it built by default adds it to a target that is.
find_program(HB_BARE_CC riscv64-unknown-elf-gcc REQUIRED)
set(HB_BARE_DIR ${CMAKE_CURRENT_LIST_DIR})

function(hb_bare_program name output)
    get_filename_component(folder ${output} DIRECTORY)
    file(MAKE_DIRECTORY ${folder})
    set(sources ${HB_BARE_DIR}/start.S ${HB_BARE_DIR}/bare.c ${ARGN})
    add_custom_command(
        OUTPUT ${output}
        COMMAND ${HB_BARE_CC} -march=rv64imac_zicsr_zifencei -mabi=lp64 -mcmodel=medany -O2 -g -std=gnu11 -ffreestanding
                -fno-builtin -fno-tree-loop-distribute-patterns -nostdlib -static -Wall -Wextra -Werror
                -fdebug-prefix-map=${CMAKE_SOURCE_DIR}=. -I${HB_BARE_DIR} -I${CMAKE_SOURCE_DIR} -Wl,--build-id=none -Wl,--no-relax
                -Wl,--no-warn-rwx-segments -T ${HB_BARE_DIR}/link.ld ${sources} -o ${output}
        DEPENDS ${sources} ${HB_BARE_DIR}/bare.h ${HB_BARE_DIR}/link.ld
        COMMENT "Bare-metal program ${name}"
        VERBATIM)
    add_custom_target(${name} DEPENDS ${output})
endfunction()
