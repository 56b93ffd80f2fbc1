// A record that says nothing but that time went by: it lets append time go on in a partition to which nothing comes.

/** Value of the header `receiver`. */
export const tickReceiver = 'tick'
