"""Reception: who goes to which place, by which vehicle, met by how many; and a checker of all of it."""
